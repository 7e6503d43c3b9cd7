import { readdirSync } from 'node:fs'
import { Command } from 'commander'
import { expect, test } from 'vitest'

const files = readdirSync(import.meta.dirname).filter((name) =>
  /^(?!.*test)(?!run-transfer).*\.ts$/.test(name),
)
const helpOf = (command: Command) => {
  let shown = ''
  const writeOut = (text: string) => {
    shown += text
  }
  command.configureOutput({ writeOut }).outputHelp()
  return shown
}
const tree = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((one) => tree(one as Command)),
]

test.each(files)('every command of %s shows examples', async (file) => {
  for (const make of Object.values(await import(`./${file}`)) as (() => Command)[]) {
    const root = new Command('cairn').addCommand(make())
    for (const command of tree(root.commands[0] as Command))
      expect(helpOf(command), command.name()).toContain('Examples:')
  }
})
