/** Whether a write does what one in many does for all: no server needs to know what others wrote, and work is spread evenly. */
export const byChance = (share: number) => Math.random() < share
