import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { apiPage } from './docs/api-page.js'
import { configurationPage } from './docs/configuration-page.js'
import { databricksPage } from './docs/databricks-page.js'
import { mlflowPage } from './docs/mlflow-page.js'
import { protocolsPage } from './docs/protocols-page.js'
import { root } from './workspaces.mjs'

export const PAGES: Readonly<Record<string, () => Promise<string> | string>> = {
  'docs/configuration.md': configurationPage,
  'docs/api.md': apiPage,
  'docs/protocols.md': protocolsPage,
  'docs/mlflow-compatibility.md': mlflowPage,
  'docs/databricks-compatibility.md': databricksPage,
}

if (process.argv[1]?.endsWith('docs.ts')) {
  for (const [path, render] of Object.entries(PAGES)) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true })
    writeFileSync(`${root}/${path}`, await render())
    console.log(path)
  }
}
