import { Command } from 'commander'
import { examples } from '../client/examples.js'

/** Replaces commander's help command, which supports one level only and accepts unknown names. */
export const helpCommand = () =>
  new Command('help')
    .argument('[command...]', 'e.g. runs export')
    .description('Show the options and examples of a command')
    .addHelpText('after', examples('cairn help', 'cairn help runs export'))
    .action((names: readonly string[], _options: object, command: Command) => {
      let found = command.parent!
      for (const name of names) {
        const child = found.commands.find((known) => known.name() === name || known.aliases().includes(name))
        if (!child) command.error(`error: unknown command '${names.join(' ')}'`)
        found = child as Command
      }
      found.help()
    })
