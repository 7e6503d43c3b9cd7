import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ReviewedPrivilege, reviewAccess, reviewCsvUrl } from '../api/access.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import './access.css'

const KINDS = [
  ...(['principal', 'experiment', 'registered_model', 'job', 'serving_endpoint', 'secret_scope'] as const),
  ...(['notification_destination'] as const),
  ...(['catalog', 'schema', 'table', 'volume', 'metastore'] as const),
]
type Kind = (typeof KINDS)[number]
type Subject = Parameters<typeof reviewAccess>[0]

interface Question {
  readonly kind: Kind
  readonly name: string
}

const subjectOf = ({ kind, name }: Question) =>
  kind === 'principal' ? { principal: name } : { securable_type: kind, full_name: name || 'metastore' }

/** Shows the privileges on an object, or those of a principal, each with its grant. */
export function Review() {
  const { t } = useTranslation()
  const [question, setQuestion] = useState<Question>({ kind: 'principal', name: '' })
  const [kind, setKind] = useState<Kind>('principal')
  return (
    <>
      <Form
        className="review-question"
        onSubmit={(fields) => setQuestion({ kind, name: fieldText(fields, 'name') })}
      >
        <FormField label={t('accessReview.kind')}>
          {(attributes) => (
            <select
              {...attributes}
              className="select"
              value={kind}
              onChange={(event) => setKind(event.target.value as Kind)}
            >
              {KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`kindOf.${one}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
        <FormField
          label={t('accessReview.name')}
          hint={t(kind === 'principal' ? 'accessReview.yourself' : 'accessReview.nameHint')}
        >
          {(attributes) => (
            <input {...attributes} className="input" name="name" autoComplete="off" spellCheck={false} />
          )}
        </FormField>
        <SubmitButton className="primary">{t('accessReview.show')}</SubmitButton>
      </Form>
      <Answer key={`${question.kind} ${question.name}`} question={question} />
    </>
  )
}

function Answer({ question }: { question: Question }) {
  const { t } = useTranslation()
  const subject = subjectOf(question)
  const review = useInfiniteQuery({
    queryKey: queryKeys.accessReview(question.kind, question.name),
    queryFn: ({ pageParam, signal }) => reviewFrom(subject, pageParam || undefined, signal),
    ...PAGE_TOKENS,
    retry: false,
  })
  if (review.isPending) return <Skeleton />
  if (review.isError) return <Failure error={review.error} />
  const rows = review.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return <Empty title={t('accessReview.none')} />
  return (
    <>
      <div>
        <a className="button" href={reviewCsvUrl(subject)} download>
          <Icon name="download" />
          {t('accessReview.csv')}
        </a>
      </div>
      <div className="panel">
        <ScrollX>
          <table className="list">
            <thead>
              <tr>
                <th scope="col">
                  {t(question.kind === 'principal' ? 'accessRequest.object' : 'access.principal')}
                </th>
                <th scope="col">{t('access.privilege')}</th>
                <th scope="col">{t('accessReview.because')}</th>
                <th scope="col">{t('accessReview.toEnd')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.flatMap(({ subject, kind, privileges }) =>
                privileges.map((one) => (
                  <tr key={`${kind} ${subject} ${one.privilege}`}>
                    <th scope="row">
                      {kind !== 'metastore' && subject}{' '}
                      <span className="muted">{t(`kindOf.${kind as Kind}`)}</span>
                    </th>
                    <td>{one.privilege}</td>
                    <td>
                      <Reasons reasons={one.basis} />
                      <Others of={one} />
                    </td>
                    <td>
                      {one.revoke_to_end ? (
                        <Reasons reasons={one.revoke_to_end} />
                      ) : (
                        <span className="muted">{t('accessReview.stays')}</span>
                      )}
                    </td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </ScrollX>
      </div>
      <MoreButton pages={review} />
    </>
  )
}

/** Returns the next page with rows: pages that only scanned are empty. */
async function reviewFrom(subject: Subject, token: string | undefined, signal: AbortSignal) {
  for (let page_token = token; ; ) {
    const page = await reviewAccess(subject, page_token, signal)
    if (page.rows.length > 0 || !page.next_page_token) return page
    page_token = page.next_page_token
  }
}

/** The grants that give the privilege too. */
function Others({ of: { others, others_left_out = 0 } }: { of: ReviewedPrivilege }) {
  const { t } = useTranslation()
  if (others.length === 0) return null
  return (
    <>
      <p className="muted">{t('accessReview.also', { count: others.length + others_left_out })}</p>
      <Reasons reasons={others} />
    </>
  )
}

function Reasons({ reasons }: { reasons: ReviewedPrivilege['basis'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ul className="chips">
      {reasons.map(({ privilege, securable, securable_type, holder, groups, by_default, expires_at }) => (
        <li key={`${privilege} ${securable_type} ${securable} ${holder}`} className="chip">
          <b>{privilege === 'OWNER' ? t('permissions.owner') : privilege}</b>
          <span className="muted">
            {securable_type === 'metastore' ? t('permissions.workspace') : securable}
            {by_default && ` · ${t('accessReview.byDefault')}`}
            {groups.length > 0 && ` · ${t('access.viaGroup', { group: groups.join(' › ') })}`}
            {expires_at !== undefined && ` · ${t('accessReview.until', { time: format.time(expires_at) })}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
