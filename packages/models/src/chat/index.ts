export { createChatModel } from "./create-chat-model.ts";
