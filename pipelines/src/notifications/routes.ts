import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateNotificationDestination,
  DeleteNotificationDestination,
  type DestinationConfig,
  type DestinationType,
  GetNotificationDestination,
  ListNotificationDestinations,
  type NotificationDestination,
  UpdateNotificationDestination,
} from '@cairn/platform/protocol/databricks/job-notifications'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import type { FastifyPluginAsync } from 'fastify'
import type { DestinationRow } from '../schema.js'
import type { DestinationStore } from './destination-store.js'
import { DESTINATION } from './securable.js'

interface DestinationRoutesOptions {
  readonly destinations: DestinationStore
  /** The addresses that webhooks may call. */
  readonly allowed: Destinations
}

const FIELD_OF = {
  WEBHOOK: 'generic_webhook',
  SLACK: 'slack',
  MICROSOFT_TEAMS: 'microsoft_teams',
} as const satisfies Record<DestinationType, keyof DestinationConfig>
const PAGE = 100

/** Databricks' notification destinations. */
export const destinationRoutes: FastifyPluginAsync<DestinationRoutesOptions> = async (app, options) => {
  const { destinations, allowed } = options

  handle(app, CreateNotificationDestination, async ({ display_name, config }, request) => {
    const values = await valuesOf(config, allowed)
    return render(await destinations.create({ display_name, ...values }, request.principal))
  })
  handle(app, GetNotificationDestination, async ({ id }) => render(await destinations.get(id)))
  handle(app, ListNotificationDestinations, async ({ page_size, page_token }, request) => {
    const allowed = await request.allowedObjects(DESTINATION)
    const { destinations: page, next } = await destinations.list(page_size || PAGE, page_token, allowed)
    return {
      results: page.map(({ id, display_name, destination_type }) => ({ id, display_name, destination_type })),
      ...(next !== undefined && { next_page_token: next }),
    }
  })
  handle(app, UpdateNotificationDestination, async ({ id, display_name, config }) => {
    if (display_name === undefined && config === undefined)
      throw invalid('display_name, config: pass at least one of them.')
    return render(
      await destinations.update(id, {
        ...(display_name !== undefined && { display_name }),
        ...(config && (await valuesOf(config, allowed))),
      }),
    )
  })
  handle(app, DeleteNotificationDestination, async ({ id }) => emptyResponse(destinations.delete(id)))
}

async function valuesOf(config: DestinationConfig, allowed: Destinations) {
  const types = (Object.keys(FIELD_OF) as DestinationType[]).filter((type) => config[FIELD_OF[type]])
  const [destination_type] = types
  if (!destination_type || types.length > 1)
    throw invalid(`config: pass one of ${Object.values(FIELD_OF).join(', ')}.`)
  const { url } = config[FIELD_OF[destination_type]]!
  if (!url) throw invalid(`config.${FIELD_OF[destination_type]}.url: is required.`)
  await allowed.check(url)
  return { destination_type, url }
}

const render = ({ id, display_name, destination_type }: DestinationRow): NotificationDestination => ({
  ...{ id, display_name, destination_type },
  config: { [FIELD_OF[destination_type]]: { url_set: true } },
})
