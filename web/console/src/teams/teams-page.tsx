import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { METASTORE } from '../api/rights.js'
import { planTeams, setUpTeams, type TeamAnswers, type TeamRole, type TeamStep } from '../api/teams.js'
import { Page } from '../app/page.js'
import { mayQuery } from '../permissions/use-may.js'
import { Problem } from '../sign-in/problem.js'
import { FormField } from '../ui/form-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { SubmitForm } from '../ui/submit-form.js'
import { TeamPlan } from './team-plan.js'
import './teams.css'

const ROLES: readonly TeamRole[] = ['data-engineering', 'modelling', 'web']
const DEFAULTS: Required<TeamAnswers> = {
  teams: ROLES.map((role) => ({ role, name: role })),
  schema: 'main.data',
  members_create: true,
}

const planQuery = (answers: TeamAnswers) =>
  queryOptions({
    queryKey: queryKeys.teamPlan(JSON.stringify(answers)),
    queryFn: ({ signal }) => planTeams(answers, signal),
    retry: false,
  })

/** Sets up a team server by three questions, with a preview of the objects and grants. */
export function TeamsPage() {
  const { t } = useTranslation()
  const [answers, setAnswers] = useState(DEFAULTS)
  const [isReviewing, setReviewing] = useState(false)
  const may = useQuery(mayQuery(METASTORE, 'MANAGE'))
  return (
    <Page
      title={t('teams.title')}
      actions={
        <Link className="button" to="/experiments">
          {t('teams.skip')}
        </Link>
      }
    >
      <p>{t('teams.intro')}</p>
      {may.isPending && <Skeleton />}
      {may.isError && <Failure error={may.error} retry={() => void may.refetch()} />}
      {may.data === false && <Empty title={t('teams.forbidden')} />}
      {may.data && isReviewing && <Review answers={answers} back={() => setReviewing(false)} />}
      {may.data && !isReviewing && (
        <Questions
          answers={answers}
          onAnswer={(given) => {
            setAnswers(given)
            setReviewing(true)
          }}
        />
      )}
    </Page>
  )
}

interface QuestionsProps {
  /** The answers to begin with. */
  readonly answers: Required<TeamAnswers>
  readonly onAnswer: (answers: Required<TeamAnswers>) => void
}

function Questions({ answers, onAnswer }: QuestionsProps) {
  const { t } = useTranslation()
  const submit = (form: FormData) => {
    const teams = ROLES.flatMap((role) =>
      String(form.get(role))
        .split(',')
        .map((name) => ({ role, name: name.trim() }))
        .filter(({ name }) => name),
    )
    onAnswer({
      teams,
      schema: String(form.get('schema')).trim(),
      members_create: form.get('members_create') === 'on',
    })
  }
  return (
    <SubmitForm className="stack teams" action={t('teams.show')} onSubmit={submit}>
      <fieldset className="stack">
        <legend>{t('teams.whichTeams')}</legend>
        {ROLES.map((role) => (
          <FormField key={role} label={t(`teamRole.${role}`)} hint={t(`teamHint.${role}`)}>
            {(attributes) => (
              <input {...attributes} className="input" name={role} defaultValue={namesOf(answers, role)} />
            )}
          </FormField>
        ))}
      </fieldset>
      <FormField label={t('teams.whichSchema')} hint={t('teams.schemaHint')}>
        {(attributes) => (
          <input {...attributes} className="input" name="schema" defaultValue={answers.schema} required />
        )}
      </FormField>
      <fieldset>
        <legend>{t('teams.whoCreates')}</legend>
        <label className="check-line">
          <input type="checkbox" name="members_create" defaultChecked={answers.members_create} />
          {t('teams.everybodyCreates')}
        </label>
      </fieldset>
    </SubmitForm>
  )
}

const namesOf = ({ teams }: Required<TeamAnswers>, role: TeamRole) =>
  teams
    .filter((team) => team.role === role)
    .map(({ name }) => name)
    .join(', ')

function Review({ answers, back }: { answers: TeamAnswers; back: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const plan = useQuery(planQuery(answers))
  const setUp = useMutation({
    mutationFn: () => setUpTeams(answers),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'team-plan' }),
  })
  if (plan.isPending) return <Skeleton />
  if (plan.isError)
    return (
      <>
        <Failure error={plan.error} />
        <BackButton back={back} />
      </>
    )
  if (setUp.data) return <Done steps={setUp.data} />
  const isDone = plan.data.every(({ state }) => state === 'present')
  return (
    <>
      <TeamPlan steps={plan.data} />
      {setUp.isError && <Problem error={setUp.error} />}
      <div className="actions">
        <BackButton back={back} />
        {isDone ? (
          <p role="status">{t('teams.nothing')}</p>
        ) : (
          <button
            type="button"
            className="button primary"
            disabled={setUp.isPending}
            onClick={() => setUp.mutate()}
          >
            {t('teams.setUp')}
          </button>
        )}
      </div>
    </>
  )
}

function BackButton({ back }: { back: () => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="button" onClick={back}>
      {t('teams.back')}
    </button>
  )
}

function Done({ steps }: { steps: readonly TeamStep[] }) {
  const { t } = useTranslation()
  return (
    <>
      <p role="status">{t('teams.done')}</p>
      <TeamPlan steps={steps} />
      <div>
        <Link to="/people">{t('teams.invite')}</Link>
      </div>
    </>
  )
}
