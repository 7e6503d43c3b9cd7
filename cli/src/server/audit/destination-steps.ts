import { CANARY, type Step, type StepValues } from './steps.js'

const DESTINATIONS = '/api/2.0/notification-destinations'
const PERMISSIONS = '/api/2.0/permissions/notification-destinations'
const levels = { access_control_list: [{ user_name: 'ada', permission_level: 'CAN_USE' }] }

const destination = (verb: string): Pick<Step, 'action' | 'object'> => ({
  action: `${verb}NotificationDestination`,
  object: 'notification_destination',
})

/** Requests of the test of the audit log that change notification destinations. */
export const DESTINATION_STEPS: readonly Step[] = [
  {
    ...{ ...destination('create'), request: () => `POST ${DESTINATIONS}` },
    body: () => ({
      display_name: 'hook',
      config: { generic_webhook: { url: `https://127.0.0.1:1/${CANARY}` } },
    }),
    keep: ({ id }) => ({ destination: id }),
  },
  {
    ...{ ...destination('update'), request: ({ destination: id }) => `PATCH ${DESTINATIONS}/${id}` },
    body: () => ({ config: { slack: { url: `https://127.0.0.1:1/${CANARY}` } } }),
  },
  ...(['PATCH', 'PUT'] as const).map((method) => ({
    ...{ action: `${method === 'PUT' ? 'set' : 'update'}NotificationDestinationPermissions` },
    ...{ object: 'notification_destination', body: () => levels },
    request: ({ destination: id }: StepValues) => `${method} ${PERMISSIONS}/${id}`,
  })),
  { ...destination('delete'), request: ({ destination: id }) => `DELETE ${DESTINATIONS}/${id}` },
]
