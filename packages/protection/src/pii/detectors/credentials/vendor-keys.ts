import type { Search } from "../../personal-data.ts";

/** As the vendors write them, so that scanners find them; each ends in a piece that takes all of the rest. */
const forms: readonly string[] = [
  "la_[A-Za-z0-9]{1,40}_[A-Za-z0-9_-]{8,}", // this server's own
  "(?:sk|pk|rk)-(?=[A-Za-z_-]{0,200}\\d)[A-Za-z0-9_-]{8,}", // OpenAI, Anthropic, OpenRouter, DeepSeek
  "(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}", // Stripe
  "whsec_[A-Za-z0-9+/=]{16,}", // Stripe, Standard Webhooks
  "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])", // AWS
  "AIza[A-Za-z0-9_-]{35,}", // Google: API keys
  "ya29\\.[A-Za-z0-9_-]{20,}", // access tokens
  "GOCSPX-[A-Za-z0-9_-]{20,}", // client secrets
  "gh[opsur]_[A-Za-z0-9]{30,}", // GitHub
  "github_pat_[A-Za-z0-9_]{22,}",
  "gl(?:pat|dt|ptt|rt|cbt|ft|soat|agent|oas|imt)-[A-Za-z0-9_.-]{20,}", // GitLab
  "xox[a-z]-[A-Za-z0-9-]{10,}", // Slack
  "xapp-\\d-[A-Za-z0-9-]{10,}",
  "hooks\\.slack\\.com/services/[A-Za-z0-9/]{20,}",
  "SK[0-9a-f]{32}(?![A-Za-z0-9])", // Twilio
  "SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,}", // SendGrid
  "key-[0-9a-f]{32}(?![A-Za-z0-9])", // Mailgun
  "npm_[A-Za-z0-9]{36,}", // npm
  "pypi-Ag[A-Za-z0-9_-]{16,}", // PyPI
  "hf_[A-Za-z0-9]{30,}", // Hugging Face
  "[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,}", // Azure: client secrets
  "[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,}", // Azure: keys of AI services
  "AccountKey=[A-Za-z0-9+/]{80,}={0,2}", // Azure: storage
  "gsk_[A-Za-z0-9]{40,}", // Groq
  "xai-[A-Za-z0-9]{40,}", // xAI
  "pplx-[A-Za-z0-9]{40,}", // Perplexity
  "r8_[A-Za-z0-9]{30,}", // Replicate
  "nvapi-[A-Za-z0-9_-]{40,}", // NVIDIA
  "tvly-[A-Za-z0-9_-]{20,}", // Tavily
  "lsv2_(?:pt|sk)_[A-Za-z0-9_]{32,}", // LangSmith
  "dapi[0-9a-f]{32}(?![A-Za-z0-9])", // Databricks
  "do[opr]_v1_[0-9a-f]{64}", // DigitalOcean
  "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", // Shopify
  "hv[bs]\\.[A-Za-z0-9_-]{24,}", // HashiCorp Vault
  "lin_api_[A-Za-z0-9]{32,}", // Linear
  "ntn_[A-Za-z0-9]{40,}", // Notion
  "sbp_[0-9a-f]{40}", // Supabase
  "ATATT3[A-Za-z0-9_=-]{50,}", // Atlassian
  "\\d{8,10}:AA[A-Za-z0-9_-]{33}", // Telegram
];

const form = new RegExp(`(?<![A-Za-z0-9])(?:${forms.join("|")})`);
const allOfForm = new RegExp(form, "g");
/** No key is shorter than this, and few other words are as long: forty forms are asked of them alone. */
const longWord = /(?<![\w.~:/+=-])[\w.~:/+=-]{11,}/g;

/** Keys and tokens that begin as only one vendor's do. */
export const vendorKeys: Search = {
  mayHold: (text) => text.match(longWord)?.some((word) => form.test(word)) === true,
  *find(text) {
    for (const { 0: word, index: from } of text.matchAll(longWord)) {
      if (!form.test(word)) continue;
      for (const { 0: key, index } of word.matchAll(allOfForm))
        yield { start: from + index, end: from + index + key.length };
    }
  },
};
