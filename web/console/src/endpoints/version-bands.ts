import type { EndpointDeployment } from '../api/deployments.js'

/** A time in which a served entity served one version with one share of traffic. */
export interface Band {
  /** The number of the deployment that began it. */
  readonly number: number
  readonly version: string
  /** 0 to 100. */
  readonly percent: number
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

export interface Lane {
  readonly entity: string
  readonly bands: readonly Band[]
}

/**
 * Lists the versions that each entity served, oldest first; the entities of the newest deployment first. A deployment serves from
 * its end until the end of the next successful one.
 */
export function lanesOf(deployments: readonly EndpointDeployment[], now: number): Lane[] {
  const successes = deployments
    .filter(({ outcome, end_timestamp }) => outcome === 'SUCCEEDED' && end_timestamp !== undefined)
    .sort((a, b) => a.end_timestamp! - b.end_timestamp!)
  const lanes = new Map<string, Band[]>(
    successes.toReversed().flatMap(({ served_entities }) => served_entities.map(({ name }) => [name, []])),
  )
  successes.forEach((deployment, index) => {
    const from = deployment.end_timestamp!
    const to = successes[index + 1]?.end_timestamp ?? Math.max(now, from)
    for (const { name, version, entity_version, traffic_percentage } of deployment.served_entities) {
      const band = {
        number: deployment.number,
        version: version ?? entity_version,
        percent: traffic_percentage,
      }
      append(lanes.get(name)!, { ...band, from, to })
    }
  })
  return [...lanes].map(([entity, bands]) => ({ entity, bands }))
}

/** Extends the last band if nothing about it changed. */
function append(bands: Band[], band: Band) {
  const last = bands.at(-1)
  if (last?.to === band.from && last.version === band.version && last.percent === band.percent)
    bands[bands.length - 1] = { ...last, to: band.to }
  else bands.push(band)
}
