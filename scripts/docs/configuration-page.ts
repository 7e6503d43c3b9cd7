import { settings } from '@cairn/platform/config'

/** The table of settings, from the schema that reads them. */
export function configurationPage(): string {
  const rows = settings().map(([name, { env, default: value, description }]) => {
    const variables = env.map((variable) => `\`${variable}\``).join(', ')
    return `| \`${name}\` | ${variables} | ${value === '' ? '–' : `\`${value}\``} | ${description} |`
  })
  return `# Configuration

Written by \`npm run docs\` from \`platform/src/config.ts\`. A flag of \`cairn up\` wins over a variable, the first variable over
the ones after it, and an empty value counts as not given.

| setting | environment | default | |
|---|---|---|---|
${rows.join('\n')}
`
}
