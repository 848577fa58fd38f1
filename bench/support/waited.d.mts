export function waitedMs(process: number | 'self'): number | undefined;
