export function postgresFolder(): string | undefined;
export function redisServer(): string | undefined;
export function find(program: string): string | undefined;
export function hasSwift(): boolean;
