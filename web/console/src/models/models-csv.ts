import type { TFunction } from 'i18next'
import { allPages, type Reading } from '../api/all-pages.js'
import { searchModels } from '../api/models.js'
import { nameFilter } from '../experiments/name-filter.js'
import { type Table, tableOf, timeCell } from '../ui/table.js'

/** All models of a search. @throws RequestError */
export async function modelsTable(search: string, t: TFunction, reading: Reading): Promise<Table> {
  const pages = await allPages(
    (page_token) =>
      searchModels(
        { ...(search && { filter: nameFilter(search) }), ...(page_token && { page_token }) },
        reading.signal,
      ),
    reading,
  )
  return tableOf(
    pages.flatMap((page) => page.registered_models ?? []),
    [
      [t('models.name'), ({ name }) => name],
      [
        t('models.aliases'),
        ({ aliases = [] }) => aliases.map(({ alias, version }) => `${alias} v${version}`).join(', '),
      ],
      [
        t('models.latest'),
        ({ latest_versions = [] }) => Math.max(0, ...latest_versions.map(({ version }) => Number(version))),
      ],
      [t('models.created'), ({ creation_timestamp }) => timeCell(creation_timestamp)],
      [t('models.updated'), ({ last_updated_timestamp }) => timeCell(last_updated_timestamp)],
    ],
  )
}
