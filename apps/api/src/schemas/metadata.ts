export { JsonbObject as Metadata } from "./jsonb-object.ts";
