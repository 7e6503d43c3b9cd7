/** The Examples section of a help text. */
export const examples = (...commands: readonly string[]) =>
  `\nExamples:\n${commands.map((command) => `  $ ${command}\n`).join('')}`
