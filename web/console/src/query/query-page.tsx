import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Statement } from '../api/statements.js'
import { Page } from '../app/page.js'
import { COMMAND } from '../shortcuts/shortcut-keys.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import { StatementResult } from './statement-result.js'
import { useStatement } from './use-statement.js'
import '../artifacts/artifacts.css'
import './query.css'

const route = getRouteApi('/query')

/** Runs SQL over the tables that the caller may read. The text is in the URL after it has run, so that it can be shared. */
export function QueryPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { sql = '' } = route.useSearch()
  const [text, setText] = useState(sql)
  const { phase, run, cancel } = useStatement()
  const isRunning = phase.name === 'running'
  const isReady = text.trim() !== ''
  const runText = () => {
    void navigate({ to: '/query', search: { sql: text }, replace: true })
    void run(text)
  }
  const runOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    event.currentTarget.form?.requestSubmit()
  }
  return (
    <Page title={t('query.title')} breadcrumbs={<Link to="/catalog">{t('nav.catalog')}</Link>}>
      <Form className="query-form" isPending={isRunning} isReady={isReady} onSubmit={runText}>
        <FormField label={t('query.text')} hint={t('query.help', { keys: `${COMMAND}+Enter` })}>
          {(attributes) => (
            <textarea
              {...attributes}
              className="input mono"
              rows={8}
              spellCheck={false}
              autoCapitalize="off"
              placeholder="select title, count(*) as ratings from main.movielens.ratings join main.movielens.movies using (movie_id) group by title order by ratings desc limit 10"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={runOnEnter}
            />
          )}
        </FormField>
        <div className="query-actions">
          <SubmitButton className="primary" isPending={isRunning} isReady={isReady}>
            <Icon name="play" />
            {t('query.run')}
          </SubmitButton>
          {isRunning && (
            <button
              type="button"
              className="button"
              disabled={!phase.id}
              onClick={() => void cancel(phase.id!)}
            >
              {t('query.cancel')}
            </button>
          )}
          <span className="muted" role="status">
            {isRunning && t('query.running')}
            {phase.name === 'canceled' && t('query.canceled')}
            {phase.name === 'ended' && <EndedText statement={phase.statement} />}
          </span>
        </div>
      </Form>
      {phase.name === 'ended' && <StatementResult statement={phase.statement} ms={phase.ms} />}
      {phase.name === 'refused' && <Failure error={phase.error} />}
    </Page>
  )
}

/** Tells screen readers that rows have arrived below. */
function EndedText({ statement }: { statement: Statement }) {
  const { t } = useTranslation()
  if (!statement.manifest) return null
  const count = statement.manifest.total_row_count ?? 0
  return <span className="visually-hidden">{t('query.ended', { count })}</span>
}
