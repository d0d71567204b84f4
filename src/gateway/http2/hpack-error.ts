// The error of a field block that cannot be read.

/** A field section that breaks RFC 7541: the connection ends with COMPRESSION_ERROR (RFC 9113 section 4.3). */
export class HpackError extends Error {
  override readonly name = 'HpackError';
}
