import { z } from 'zod';

export const text = (max: number) => z.string().max(max);
export const label = z.string().min(1).max(50);
export const wholeNumber = (from: number, to: number) => z.int().min(from).max(to);

/** A setting with its default, which is created for each reader, so that no two share an object. */
export function setting<S extends z.ZodType>(schema: S, standard: z.output<S>) {
  return schema.default(() => structuredClone(standard) as z.util.NoUndefined<z.output<S>>);
}

export const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);
