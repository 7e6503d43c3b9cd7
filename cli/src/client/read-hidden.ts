import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Reads a secret from stdin: all of a pipe without its last line break, or a line of a terminal, without echo. */
export async function readHidden(question: string): Promise<string> {
  if (process.stdin.isTTY) return prompt(question)
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

/** Ctrl-C ends the command, Ctrl-D returns an empty text. */
async function prompt(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  terminal.on('SIGINT', () => {
    terminal.close()
    process.kill(process.pid, 'SIGINT')
  })
  process.stderr.write(question)
  try {
    return await terminal.question('')
  } catch {
    return ''
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
