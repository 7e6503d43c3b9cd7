import { useTranslation } from 'react-i18next'
import { LEVELS, type LevelName } from '../access/levels.js'
import {
  type GovernedObject,
  type ObjectAccess,
  type PrincipalAccess,
  removeAccess,
  setLevel,
} from '../api/permissions.js'
import { Problem } from '../sign-in/problem.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Status } from '../ui/status.js'
import { useAccessChange } from './use-access-change.js'

interface LevelsTableProps {
  readonly object: GovernedObject
  readonly access: ObjectAccess
  readonly mayChange: boolean
}

/** The owner, the levels on the object, and those that come with a right on all objects. */
export function LevelsTable({ object, access, mayChange }: LevelsTableProps) {
  const { owner, principals, denied } = access
  const others = denied.filter((name) => !principals.some((one) => one.name === name))
  const { t } = useTranslation()
  const change = useAccessChange(object, (act: () => Promise<unknown>) => act())
  return (
    <>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('access.principal')}</th>
              <th scope="col">{t('permissions.level')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('permissions.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {principals.map((one) => (
              <tr key={one.name}>
                <th scope="row">
                  {one.displayName}
                  <p className="muted">
                    {one.displayName !== one.name && `${one.name} · `}
                    {t(`kindOf.${one.kind}`)}
                  </p>
                </th>
                <td>
                  <Levels
                    object={object}
                    of={one}
                    isOwner={one.name === owner}
                    isDenied={denied.includes(one.name)}
                    busy={change.isPending}
                    {...(mayChange && {
                      onChange: (level: string) => change.mutate(() => setLevel(object, one, level)),
                    })}
                  />
                </td>
                <td>
                  {mayChange && (one.level || denied.includes(one.name)) && one.name !== owner && (
                    <button
                      type="button"
                      className="button small"
                      disabled={change.isPending}
                      aria-label={t('permissions.removeNamed', { name: one.displayName })}
                      onClick={() => change.mutate(() => removeAccess(object, one.name))}
                    >
                      {t('permissions.remove')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
            {others.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <Denied />
                </td>
                <td>
                  {mayChange && (
                    <button
                      type="button"
                      className="button small"
                      disabled={change.isPending}
                      aria-label={t('permissions.removeDenial', { name })}
                      onClick={() => change.mutate(() => removeAccess(object, name))}
                    >
                      {t('permissions.remove')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {change.isError && <Problem error={change.error} />}
    </>
  )
}

function Denied() {
  const { t } = useTranslation()
  return (
    <>
      <Status tone="bad">{t('level.DENY')}</Status>
      <p className="muted">{t('permissions.deniedHelp')}</p>
    </>
  )
}

interface LevelsProps {
  readonly object: GovernedObject
  readonly of: PrincipalAccess
  readonly isOwner: boolean
  readonly isDenied: boolean
  readonly busy: boolean
  readonly onChange?: (level: string) => void
}

function Levels({ object, of, isOwner, isDenied, busy, onChange }: LevelsProps) {
  const { t } = useTranslation()
  const nameOf = (level: string) => t(`level.${level as LevelName}`, { defaultValue: level })
  const known = LEVELS[object.kind].some(({ level }) => level === of.level)
  return (
    <>
      {isDenied && !isOwner && <Denied />}
      {isOwner && <span className="chip accent">{t('permissions.owner')}</span>}
      {!isOwner &&
        of.level &&
        (onChange ? (
          <select
            className="select"
            aria-label={t('permissions.levelOf', { name: of.displayName })}
            value={of.level}
            disabled={busy}
            onChange={(event) => onChange(event.target.value)}
          >
            {!known && <option value={of.level}>{nameOf(of.level)}</option>}
            {LEVELS[object.kind].map(({ level }) => (
              <option key={level} value={level}>
                {nameOf(level)}
              </option>
            ))}
          </select>
        ) : (
          nameOf(of.level)
        ))}
      {of.inherited && (
        <p className="muted">
          {nameOf(of.inherited)} · {t('access.inheritedFrom', { name: t('permissions.workspace') })}
        </p>
      )}
    </>
  )
}
