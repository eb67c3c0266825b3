import { AppError } from "@llamaagent/core";

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** RFC 9110 8.3: type/subtype and parameters, whose values are tokens or quoted. */
const mediaType = new RegExp(
  `^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`,
);
const MAX_LENGTH = 255;

/** The content type to keep with a file. Error: `unsupported_media_type`. */
export function uploadMediaType(header: string | undefined): string {
  if (header === undefined) return "application/octet-stream";
  if (header.length > MAX_LENGTH || !mediaType.test(header))
    throw new AppError("unsupported_media_type", { detail: "The content type is malformed" });
  if (/^multipart\//i.test(header))
    throw new AppError("unsupported_media_type", {
      detail: "Send the file's bytes as the body, not as a form",
    });
  return header;
}
