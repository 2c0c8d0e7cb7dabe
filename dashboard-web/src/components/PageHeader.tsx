// A page's title and the question that it answers.
import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

export function PageHeader({
  title,
  question,
  children,
}: {
  title: string;
  question: ReactNode;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Thaw`;
  }, [title]);
  return (
    <Group justify="space-between" align="end" mb="md" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        <div className="muted">{question}</div>
      </div>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  );
}
