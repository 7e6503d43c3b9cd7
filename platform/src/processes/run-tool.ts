import { ApiError } from '../errors.js'
import { killGroup, type LaunchOptions, launch, waitForEnd } from './launch.js'
import { LineSplitter } from './line-splitter.js'
import { readPacedText } from './paced-text.js'

const TIMEOUT_MS = 30 * 60_000
const SHOWN_LINES = 12
/** The number of lines of output that are kept. */
const MAX_LINES = 1_000

export interface ToolOptions extends LaunchOptions {
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program until it exits.
 *
 * @returns its output, at most the last 1,000 lines
 * @throws INVALID_STATE with the last lines of its output if it fails or takes longer than half an hour; the reason of
 * `signal` if that aborts it
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, onLine = () => undefined, ...options }: ToolOptions,
): Promise<string> {
  signal?.throwIfAborted()
  const lines: string[] = []
  const splitter = new LineSplitter((line) => {
    if (lines.push(line) > MAX_LINES) lines.shift()
    onLine(line)
  })
  const child = launch([command, ...args], options)
  const kill = () => killGroup(child.pid)
  const timer = setTimeout(kill, TIMEOUT_MS)
  signal?.addEventListener('abort', kill, { once: true })
  for (const stream of [child.stdout!, child.stderr!]) readPacedText(stream, (text) => splitter.add(text))
  try {
    const { code } = await waitForEnd(child).catch((cause: Error) => {
      throw new ApiError('INVALID_STATE', `'${command}' could not be started: ${cause.message}`, { cause })
    })
    signal?.throwIfAborted()
    splitter.end()
    if (code === 0) return lines.join('\n')
    const output = lines.slice(-SHOWN_LINES).join(' | ')
    throw new ApiError('INVALID_STATE', `'${[command, ...args.slice(0, 1)].join(' ')}' failed: ${output}`)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', kill)
  }
}
