export function postgresFolder(): string | undefined;
export function redisServer(): string | undefined;
export function find(program: string): string | undefined;
export function hasSwift(): boolean;
export function mosquitto(): string | undefined;
export function ejabberd(): string | undefined;
