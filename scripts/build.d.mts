export function build(parts: readonly string[]): void;
