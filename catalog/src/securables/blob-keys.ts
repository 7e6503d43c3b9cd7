/** Folders of managed tables and volumes in the server's store, as blob keys. */
export const tableKey = (tableId: string) => `tables/${tableId}`
export const volumeKey = (volumeId: string) => `volumes/${volumeId}`
