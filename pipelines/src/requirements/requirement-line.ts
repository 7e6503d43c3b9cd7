import { invalid } from '@cairn/platform/errors'

const NAME = String.raw`[A-Za-z0-9][\w.-]*\s*(\[[\w\s.,-]*\])?`
const NAMED = new RegExp(`^${NAME}\\s*([<>=!~;(][^/\\\\]*)?$`)
const URL_LINE = new RegExp(`^(${NAME}\\s*@\\s*)?(git\\+(https?|ssh)|https?)://[^\\s\\\\]+(\\s*;[^/\\\\]*)?$`)
const OPTION =
  /^(--(pre|prefer-binary|require-hashes)|--(no-binary|only-binary)[ =][\w.,:-]+|(-i|--index-url|--extra-index-url)[ =]https?:\/\/[^\s\\]+)$/
const HASH = /\s--hash=\w+:[0-9a-fA-F]+/g
const COMMENT = /(^|\s)#.*$/
const FILE = /^(file:|\/(Workspace|Users|Shared|Volumes))\/([^\s\\]*\/)?[\w.+!-]+\.(whl|zip|tar\.gz)$/

/** Returns whether a line names a wheel or an archive of sources on the server, in the workspace or in a volume, which is copied for the installation. */
export const isFileLine = (line: string) => FILE.test(line)

/** The lines of a `requirements.txt` that name packages or options. */
export const linesOf = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/**
 * Rejects lines that refer to other files: environments are shared by their lines, so the lines must be complete.
 *
 * @param where the setting, for the message
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkRequirementLine(line: string, where: string): void {
  const text = line.replace(COMMENT, '').replace(HASH, '').trim()
  const hasControl = /\p{Cc}/u.test(line)
  const isNamed = NAMED.test(text) && !/\s-/.test(text)
  if (!hasControl && (isFileLine(text) || isNamed || URL_LINE.test(text) || OPTION.test(text))) return
  throw invalid(
    `${where}: '${line}' is not supported; pass packages such as 'numpy==2.0', an https or git URL, a path of a wheel (file:/…, /Workspace/… or /Volumes/…), or an index.`,
  )
}
