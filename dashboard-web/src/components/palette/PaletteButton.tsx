// Opens the palette: by itself, by Ctrl K or Cmd K, and by / where nobody is writing.
import { ActionIcon } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";

const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));

export function PaletteButton({ pages }: { pages: { path: string; title?: string }[] }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isChord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isWriting(event.target);
      if (isChord || isSlash) {
        event.preventDefault();
        setOpen(true);
      }
    };
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, []);
  return (
    <>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Go to a page, function, trace or request"
        aria-keyshortcuts="/ Control+K Meta+K"
        title="Go to ( / )"
        onClick={() => setOpen(true)}
      >
        <IconSearch size={18} />
      </ActionIcon>
      {isOpen && (
        <Suspense>
          <Palette pages={pages} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
