import { readdirSync } from 'node:fs'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { gcCommand } from './gc.js'
import { helpCommand } from './help.js'
import { runsCommand } from './runs.js'

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

test.each(files)('every command of %s shows examples, once', async (file) => {
  for (const make of Object.values(await import(`./${file}`)) as (() => Command)[]) {
    const root = new Command('cairn').addCommand(make())
    for (const command of tree(root.commands[0] as Command))
      expect(helpOf(command).match(/^Examples:/gm), command.name()).toHaveLength(1)
  }
})

test.each([
  [['runs', 'export'], /^Usage: cairn runs export/],
  [['runs', 'search'], /^Usage: cairn runs list/],
  [[], /^Usage: cairn \[options\]/],
  [['runs', 'nonsense'], /^error: unknown command 'runs nonsense'/],
])('`cairn help %j` finds it at any depth, or says that there is none', (names, expected) => {
  let shown = ''
  const write = (text: string) => {
    shown += text
  }
  const program = new Command('cairn').exitOverride().configureOutput({ writeOut: write, writeErr: write })
  for (const make of [runsCommand, helpCommand]) program.addCommand(make().copyInheritedSettings(program))
  for (const one of program.commands[0]!.commands) one.copyInheritedSettings(program)
  expect(() => program.parse(['help', ...names], { from: 'user' })).toThrow()
  expect(shown).toMatch(expected)
})

test('examples can be pasted into a shell: nothing in double quotes is a command there', async () => {
  for (const file of files)
    for (const make of Object.values(await import(`./${file}`)) as (() => Command)[])
      for (const command of tree(make()))
        for (const example of helpOf(command).match(/^ {2}\$ .*/gm) ?? [])
          expect(example.replace(/'[^']*'/g, '')).not.toMatch(/`/)
})

test('a duration is shown as it is written', () => expect(helpOf(gcCommand())).toContain('(default: 30d)'))
