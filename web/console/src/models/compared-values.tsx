import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { compareNaturally } from '../app/natural-order.js'
import type { ModelCard } from '../artifacts/mlmodel.js'
import type { Pair } from './compare-versions-page.js'
import { ComparisonPanel } from './comparison-panel.js'
import { differencesOf } from './differences.js'
import { modelFileQuery } from './queries.js'
import { useRowsOf } from './use-rows-of.js'

const plain = (value: string) => <span className="mono">{value || '–'}</span>
const NOTHING: ReadonlyMap<string, string> = new Map()

export function ComparedParams({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  const { left, right } = useRowsOf(pair)
  return (
    <ComparisonPanel
      title={t('kind.params')}
      pair={pair}
      rows={differencesOf(left?.params ?? NOTHING, right?.params ?? NOTHING, compareNaturally)}
      empty={t('run.noParams')}
      value={plain}
    />
  )
}

export function ComparedTags({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  return (
    <ComparisonPanel
      title={t('kind.tags')}
      pair={pair}
      rows={differencesOf(tagsOf(pair.left), tagsOf(pair.right), compareNaturally)}
      empty={t('run.noTags')}
      value={plain}
    />
  )
}

const tagsOf = ({ tags = [] }: ModelVersion) => new Map(tags.map(({ key, value }) => [key, value]))

/** Inputs, outputs and parameters of the models, from their MLmodel files. */
export function ComparedSignature({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  const signatures = useQueries({
    queries: [pair.left, pair.right].map(({ name, version }) => modelFileQuery(name, version)),
    combine: (results) => results.map(({ data }) => (data ? fieldsOf(data) : NOTHING)),
  })
  return (
    <ComparisonPanel
      title={t('compareVersions.signature')}
      pair={pair}
      rows={differencesOf(signatures[0] ?? NOTHING, signatures[1] ?? NOTHING, compareNaturally)}
      empty={t('compareVersions.noSignature')}
      label={(key) => <span className="mono">{key}</span>}
      value={plain}
    />
  )
}

function fieldsOf({ inputs, outputs, params }: ModelCard): ReadonlyMap<string, string> {
  const groups = { inputs, outputs, params }
  return new Map(
    Object.entries(groups).flatMap(([group, fields]) =>
      fields.map(({ name, type, required }, index): [string, string] => [
        `${group}.${name || index}`,
        required ? type : `${type}?`,
      ]),
    ),
  )
}
