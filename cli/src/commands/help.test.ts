import { readdirSync } from 'node:fs'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { gcCommand } from './gc.js'
import { helpCommand } from './help.js'
import { runsCommand } from './runs.js'

const files = readdirSync(import.meta.dirname).filter((name) =>
  /^(?!.*test)(?!run-transfer).*\.ts$/.test(name),
)
const VERBS =
  'Add Ask Back Benchmark Browse Cancel Change Check Compare Create Decline Delete Download Evaluate Explain Export Grant Import List Manage Mark ' +
  'Migrate Pause Print Promote Query Remove Replace Request Rerun Restore Resume Revoke Run Send Set Show Start Stop Store Train Upload Withdraw Apply'

const helpOf = (command: Command) => {
  let help = ''
  const writeOut = (text: string) => {
    help += text
  }
  command.configureOutput({ writeOut }).outputHelp()
  return help
}
const tree = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((child) => tree(child as Command)),
]
const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent as Command)} ${command.name()}`.trim() : ''

test.each(files)('describes every command of %s by a verb and an object, with examples', async (file) => {
  for (const make of Object.values(await import(`./${file}`)) as (() => Command)[]) {
    const root = new Command('cairn').addCommand(make())
    for (const command of tree(root.commands[0] as Command)) {
      const help = helpOf(command)
      expect(help.match(/^Examples:/gm), pathOf(command)).toHaveLength(1)
      expect(command.description(), pathOf(command)).toMatch(
        new RegExp(`^(${VERBS.replaceAll(' ', '|')}) \\w.*[^.]$`),
      )
      if (command.commands.length === 0)
        expect(help, pathOf(command)).toMatch(
          new RegExp(`^ {2}\\$ .*\\bcairn\\b.* ?${pathOf(command)}\\b`, 'm'),
        )
    }
  }
})

test.each([
  [['runs', 'export'], /^Usage: cairn runs export/],
  [['runs', 'search'], /^Usage: cairn runs list/],
  [[], /^Usage: cairn \[options\]/],
  [['runs', 'nonsense'], /^error: unknown command 'runs nonsense'/],
])('`cairn help %j` finds commands at any depth, and reports an unknown one', (names, expected) => {
  let output = ''
  const write = (text: string) => {
    output += text
  }
  const program = new Command('cairn').exitOverride().configureOutput({ writeOut: write, writeErr: write })
  for (const make of [runsCommand, helpCommand]) program.addCommand(make().copyInheritedSettings(program))
  for (const child of program.commands[0]!.commands) child.copyInheritedSettings(program)
  expect(() => program.parse(['help', ...names], { from: 'user' })).toThrow()
  expect(output).toMatch(expected)
})

test('has examples without command substitution, so that they can be pasted into a shell', async () => {
  for (const file of files)
    for (const make of Object.values(await import(`./${file}`)) as (() => Command)[])
      for (const command of tree(make()))
        for (const example of helpOf(command).match(/^ {2}\$ .*/gm) ?? [])
          expect(example.replace(/'[^']*'/g, '')).not.toMatch(/`/)
})

test('shows the default of a duration as it is written', () =>
  expect(helpOf(gcCommand())).toContain('(default: 30d)'))
