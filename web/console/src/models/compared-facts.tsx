import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { GateVerdict, ModelVersion } from '../api/models.js'
import { useFormat } from '../i18n/format.js'
import { useRun } from '../run/use-run.js'
import { toRow } from '../runs/row.js'
import { StatusMark } from '../ui/status.js'
import { AliasChip } from './alias-chip.js'
import { checkText } from './check-text.js'
import type { Pair } from './compare-versions-page.js'
import { aliasesOf, gateQuery } from './queries.js'
import { RunLink } from './run-link.js'

interface ComparedFactsProps {
  readonly pair: Pair
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
}

/** The two versions as cards with aliases, source and the verdict of the gate. */
export function ComparedFacts({ pair, aliases }: ComparedFactsProps) {
  return (
    <div className="version-cards">
      {[pair.left, pair.right].map((version) => (
        <VersionCard key={version.version} version={version} aliases={aliasesOf(aliases, version.version)} />
      ))}
    </div>
  )
}

function VersionCard({ version, aliases }: { version: ModelVersion; aliases: readonly string[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useRun(version.run_id).data
  const gate = useQuery(gateQuery(version.name, version.version)).data
  const { name, version: number, creation_timestamp, user_id, current_stage } = version
  return (
    <section className="panel" aria-label={`v${number}`}>
      <header>
        <h2>
          <Link to="/models/$name/versions/$version" params={{ name, version: number }}>
            v{number}
          </Link>
        </h2>
        <span className="chips">
          {aliases.map((alias) => (
            <AliasChip key={alias} alias={alias} />
          ))}
          {current_stage !== 'None' && <span className="chip">{current_stage}</span>}
        </span>
      </header>
      <div className="body stack">
        <dl className="facts">
          <div className="fact">
            <dt>{t('models.created')}</dt>
            <dd>
              {format.time(creation_timestamp)}
              {user_id && <span className="muted"> · {user_id}</span>}
            </dd>
          </div>
          {run && (
            <div className="fact">
              <dt>{t('models.fromRun')}</dt>
              <dd>
                <RunLink run={toRow(run)} />
              </dd>
            </div>
          )}
        </dl>
        {gate && <GateSummary verdict={gate} />}
      </div>
    </section>
  )
}

function GateSummary({ verdict }: { verdict: GateVerdict }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (verdict.champion_version === verdict.version) return <p className="muted">{t('gate.isChampion')}</p>
  return (
    <div>
      <h3>{t('gate.title')}</h3>
      <ul className="gate-summary">
        {verdict.checks.map((check) => (
          <li key={check.name}>
            <StatusMark tone={check.passed ? 'ok' : 'bad'} />
            <span>
              <span className="visually-hidden">{t(check.passed ? 'gate.passed' : 'gate.failed')} </span>
              {checkText(check, t, format)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
