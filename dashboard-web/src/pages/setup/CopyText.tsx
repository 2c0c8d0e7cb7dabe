// Something to be copied, with a button that does it.
import { ActionIcon } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";

export function CopyText({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="copy">
      <pre>{text}</pre>
      <ActionIcon
        variant="default"
        aria-label={isCopied ? "Copied" : "Copy"}
        // Only a page from this machine or over TLS may write to the clipboard.
        disabled={!globalThis.navigator.clipboard}
        onClick={async () => {
          await globalThis.navigator.clipboard.writeText(text);
          setCopied(true);
        }}
      >
        {isCopied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </div>
  );
}
