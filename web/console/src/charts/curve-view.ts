import type { Axis } from './series.js'

/** Chart options, stored in the URL. */
export interface CurveView {
  readonly axis: Axis
  readonly log: boolean
  /** 0 to 0.99. */
  readonly smoothing: number
}

export interface CurveSearch {
  readonly axis?: string
  readonly log?: string
  readonly smooth?: string
}

export function viewFromSearch({ axis, log, smooth }: CurveSearch): CurveView {
  const weight = Number(smooth ?? 0)
  return {
    axis: axis === 'time' ? 'time' : 'step',
    log: log === 'true',
    smoothing: weight > 0 && weight < 1 ? weight : 0,
  }
}

export const viewToSearch = ({ axis, log, smoothing }: CurveView): Required<CurveSearch> => ({
  axis: axis === 'time' ? 'time' : '',
  log: log ? 'true' : '',
  smooth: smoothing > 0 ? String(smoothing) : '',
})
