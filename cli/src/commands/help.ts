import { Command } from 'commander'

const EXAMPLES = `
Examples:
  $ cairn help
  $ cairn help runs export
`

/** Commander's own goes one level down, and takes every name for known. */
export const helpCommand = () =>
  new Command('help')
    .argument('[command...]', 'e.g. runs export')
    .description('what a command does, its options and examples')
    .addHelpText('after', EXAMPLES)
    .action((names: readonly string[], _options: object, command: Command) => {
      let found = command.parent!
      for (const name of names) {
        const below = found.commands.find((one) => one.name() === name || one.aliases().includes(name))
        if (!below) command.error(`error: unknown command '${names.join(' ')}'`)
        found = below as Command
      }
      found.help()
    })
