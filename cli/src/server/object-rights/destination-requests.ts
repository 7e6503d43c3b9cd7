import { type MatrixRequest, permissionRows } from './requests.js'

/** A notification destination. */
export interface DestinationWorld {
  readonly destination_id: string
}
type Row = (w: DestinationWorld) => MatrixRequest

const DESTINATIONS = '/api/2.0/notification-destinations'
const url = ({ destination_id }: DestinationWorld) => `${DESTINATIONS}/${destination_id}`

/** A request of every route on notification destinations. */
export const DESTINATION_REQUESTS: Readonly<Record<string, Row>> = {
  ...permissionRows('notification-destinations', ({ destination_id }) => destination_id),
  [`GET ${DESTINATIONS}`]: () => ({ url: DESTINATIONS }),
  [`GET ${DESTINATIONS}/:id`]: (w) => ({ url: url(w) }),
  [`PATCH ${DESTINATIONS}/:id`]: (w) => ({
    url: url(w),
    body: { display_name: `renamed ${w.destination_id}` },
  }),
  [`DELETE ${DESTINATIONS}/:id`]: (w) => ({ url: url(w) }),
}
