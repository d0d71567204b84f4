// Which codes a Close frame carries (RFC 6455 section 7.4). By itself, for who writes no frames.

/**
 * Whether a Close frame can carry this code: the table “Close codes” of proposal 4. The peer can send what the
 * application can, and 1010.
 */
export function isCloseCode(code: number, sender: 'application' | 'peer'): boolean {
  if (!Number.isInteger(code)) return false;
  if (code === 1010) return sender === 'peer';
  return (
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999)
  );
}
