import { useInfiniteQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { jobsQuery } from '../job-queries.js'

interface JobChoiceProps {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
  readonly value: string
  readonly onChange: (id: string) => void
}

/** The id of a job, with the newest jobs as suggestions. */
export function JobChoice({ value, onChange, ...attributes }: JobChoiceProps) {
  const list = useId()
  const jobs = useInfiniteQuery(jobsQuery('')).data?.pages[0]?.jobs ?? []
  return (
    <>
      <input
        {...attributes}
        className="input"
        inputMode="numeric"
        autoComplete="off"
        list={list}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {jobs.map((job) => (
          <option key={job.job_id} value={job.job_id}>
            {job.name}
          </option>
        ))}
      </datalist>
    </>
  )
}
