import type { ReactNode } from 'react'

/** Each tone has its own shape as well as colour, for colour-blind users. */
export type Tone = 'ok' | 'running' | 'waiting' | 'warn' | 'bad' | 'stopped'

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="status">
      <StatusMark tone={tone} />
      <span className="truncate">{children}</span>
    </span>
  )
}

export function StatusMark({ tone }: { tone: Tone }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  )
}

const line = { fill: 'none', strokeWidth: 1.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const

const SHAPES: Record<Tone, ReactNode> = {
  ok: (
    <>
      <circle cx="6" cy="6" r="6" fill="var(--ok)" />
      <path d="M3.4 6.2 5.3 8l3.4-3.8" stroke="var(--surface)" {...line} />
    </>
  ),
  running: (
    <>
      <circle cx="6" cy="6" r="4.8" stroke="var(--running)" opacity="0.3" {...line} />
      <path className="turning" d="M6 1.2A4.8 4.8 0 0 1 10.8 6" stroke="var(--running)" {...line} />
    </>
  ),
  waiting: <circle cx="6" cy="6" r="4.8" stroke="var(--text-2)" strokeDasharray="1.5 3" {...line} />,
  warn: (
    <>
      <path d="M6 .6 12 11.4H0z" fill="var(--warn)" />
      <path d="M6 4.6v3M6 9.6v.1" stroke="var(--surface)" {...line} strokeWidth={1.5} />
    </>
  ),
  bad: (
    <>
      <path d="M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z" fill="var(--bad)" />
      <path d="M4 4l4 4M8 4 4 8" stroke="var(--surface)" {...line} />
    </>
  ),
  stopped: <rect x="1" y="1" width="10" height="10" rx="2" fill="var(--text-2)" />,
}
