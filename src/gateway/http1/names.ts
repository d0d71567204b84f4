// Field names in lowercase (http.headers.lowercase): those that are often seen come from a table, in one look.

const COMMON = `
  accept accept-charset accept-encoding accept-language access-control-request-headers access-control-request-method
  authorization cache-control connection content-encoding content-language content-length content-type cookie date dnt
  expect forwarded from host if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive
  max-forwards origin pragma priority proxy-authorization proxy-connection range referer sec-ch-ua sec-ch-ua-mobile
  sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc sec-websocket-extensions
  sec-websocket-key sec-websocket-protocol sec-websocket-version te trailer transfer-encoding upgrade
  upgrade-insecure-requests user-agent via x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip x-request-id
  x-requested-with
`;

const NAMES = new Map<string, string>();
for (const name of COMMON.trim().split(/\s+/)) {
  NAMES.set(name, name);
  NAMES.set(
    name.replace(/(?<=^|-)[a-z]/g, (first) => first.toUpperCase()),
    name,
  );
}

/** A field name in lowercase. Its syntax is not looked at: what is no token stays none. */
export function lowercaseName(name: string): string {
  return NAMES.get(name) ?? name.toLowerCase();
}
