// Addresses on the code host, in GitHub's forms: where a file is made or edited, and where a pull request is opened with
// text in it. Makes links and asks for nothing: the reader follows them.

/** A repository on a code host. */
export interface HostedRepository {
  /** Its page, without a slash at the end. */
  readonly url: string;
  readonly owner: string;
  readonly name: string;
}

/** The most octets that the host takes in an address. */
export const MOST = 8191;

/** An address, or how long it would be. */
export type Address =
  | { readonly url: string }
  | { readonly tooLong: { readonly octets: number; readonly most: number } };

const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;
const EXAMPLE = 'such as `https://github.com/owner/name`';

/**
 * Reads the address of a repository as people have it at hand: that of its page, or the one they clone by https or ssh.
 * `problem` is a sentence for whoever typed it.
 */
export function parseRepository(
  text: string,
): { readonly repository: HostedRepository } | { readonly problem: string } {
  const typed = text.trim();
  const [, sshHost, sshPath] = /^git@([^/:@\s]+):([^\s]+)$/.exec(typed) ?? [];
  const address = sshHost === undefined ? typed : `https://${sshHost}/${sshPath}`;
  if (typed === '') return { problem: `Give the address of the repository, ${EXAMPLE}.` };
  // Not by URL alone, which puts up with white space, backslashes and missing slashes.
  if (!/^https:\/\/[^\s\\/]+(?:\/[^\s\\]*)?$/i.test(address) || !URL.canParse(address))
    return { problem: `This is not the address of a repository, ${EXAMPLE}.` };
  const { username, password, origin, pathname, search, hash } = new URL(address);
  if (username !== '' || password !== '' || address.includes('@'))
    return { problem: 'Leave the name and the password out of the address.' };
  if (search !== '' || hash !== '' || /[?#]/.test(address))
    return { problem: 'Leave out what stands behind `?` or `#` in the address.' };
  const [owner = '', last = '', ...more] = pathname.replace(/^\/|\/$/g, '').split('/');
  const name = last.replace(/\.git$/, '');
  if (more.length > 0)
    return {
      problem: `Leave out what follows the name of the repository: \`${origin}/${owner}/${name}\`.`,
    };
  if (!NAME.test(owner) || !NAME.test(name))
    return { problem: `The address needs an owner and the name of a repository, ${EXAMPLE}.` };
  return { repository: { url: `${origin}/${owner}/${name}`, owner, name } };
}

/**
 * What keeps a name from being that of a branch, or of the branch of a fork as `owner:branch`, in words. Undefined where
 * nothing does.
 */
export function branchProblem(branch: string): string | undefined {
  const colon = branch.indexOf(':');
  const owner = colon < 0 ? undefined : branch.slice(0, colon);
  const name = branch.slice(colon + 1);
  if (owner !== undefined && !NAME.test(owner))
    return 'Before the colon stands the owner of the fork, as in `owner:branch`.';
  if (name === '') return 'Give the name of the branch.';
  // What `git check-ref-format` refuses.
  if (
    !name.isWellFormed() ||
    /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[/-]|\/$|\.$|^@$/u.test(name) ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'))
  )
    return 'git has no branch of such a name: no spaces, none of `~^:?*[\\`, no two dots in a row.';
  return undefined;
}

/** Where a new file is written in the browser, with its text. */
export function newFileUrl(
  { url }: HostedRepository,
  { branch, path, text }: { readonly branch: string; readonly path: string; readonly text: string },
): Address {
  return address(`${url}/new/${inPath(branch)}`, { filename: path, value: text });
}

/** Where a file is edited in the browser. The host takes no text with the address: it has to be pasted. */
export function editUrl(
  { url }: HostedRepository,
  { branch, path }: { readonly branch: string; readonly path: string },
): Address {
  return address(`${url}/edit/${inPath(branch)}/${inPath(path)}`);
}

/** Where a pull request from a branch, or from `owner:branch`, is opened with a title and a text. */
export function compareUrl(
  { url }: HostedRepository,
  {
    base,
    branch,
    title,
    body,
  }: {
    readonly base: string;
    readonly branch: string;
    readonly title: string;
    readonly body: string;
  },
): Address {
  const head = inPath(branch).replace('%3A', ':');
  return address(`${url}/compare/${inPath(base)}...${head}`, { quick_pull: '1', title, body });
}

function address(page: string, query: Readonly<Record<string, string>> = {}): Address {
  const search = new URLSearchParams(query).toString();
  const url = search === '' ? page : `${page}?${search}`;
  // Everything in it is ASCII by now, so that a character is an octet.
  return url.length <= MOST ? { url } : { tooLong: { octets: url.length, most: MOST } };
}

/** A path, or the name of a branch, whose slashes stay. */
function inPath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}
