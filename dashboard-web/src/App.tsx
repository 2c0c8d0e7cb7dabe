// The frame around every page: name, navigation, time range, light and dark.
import {
  ActionIcon,
  AppShell,
  Container,
  Group,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useRef } from "react";
import { Link, NavLink, Route, Routes, useLocation, useSearchParams } from "react-router";
import { logout, useLosses, useSession } from "./api/client";
import { Login } from "./components/Login";
import { LossNotice } from "./components/LossNotice";
import { Loading } from "./components/Notice";
import { PaletteButton } from "./components/palette/PaletteButton";
import { EnvironmentPicker, RangePicker, rangeParams } from "./components/RangePicker";
import { fetchAhead, pages } from "./pages";
import { NotFound } from "./pages/NotFound";

export function App() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const [params] = useSearchParams();
  const range = rangeParams(params);
  const { pathname } = useLocation();
  const { data: session } = useSession();
  const isLocked = session?.needed === true && session.name === "";
  // The time range goes along from page to page; filters do not.
  const keep = range ? `?${range}` : "";
  return (
    <AppShell header={{ height: { base: 92, sm: 56 } }}>
      <AppShell.Header bg="var(--thaw-surface)" style={{ borderColor: "var(--thaw-line)" }}>
        <Container size="xl" h="100%" px={{ base: "sm", sm: "md" }}>
          <Group h={56} justify="space-between" wrap="nowrap">
            <Group gap="lg" wrap="nowrap" style={{ minWidth: 0 }}>
              <Link
                to={`/${keep}`}
                className="plain"
                style={{
                  display: "flex",
                  gap: 8,
                  alignItems: "center",
                  textDecoration: "none",
                  color: "inherit",
                  fontWeight: 700,
                }}
              >
                <img src="/favicon.svg" width={24} height={24} alt="" />
                <span className="word">Thaw</span>
              </Link>
              <Group visibleFrom="sm" style={{ minWidth: 0 }}>
                <Navigation keep={keep} pathname={pathname} />
              </Group>
            </Group>
            <Group gap="xs" wrap="nowrap">
              {!isLocked && <EnvironmentPicker />}
              <RangePicker />
              {!isLocked && <PaletteButton pages={pages} />}
              {session?.name && <LogOut name={session.name} />}
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={scheme === "dark" ? "Use light colours" : "Use dark colours"}
                onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
              >
                {scheme === "dark" ? <IconSun size={18} /> : <IconMoon size={18} />}
              </ActionIcon>
            </Group>
          </Group>
          <Group hiddenFrom="sm" h={36} align="start">
            <Navigation keep={keep} pathname={pathname} />
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main>
        <Container size="xl" py="lg" px={{ base: "sm", sm: "md" }}>
          {/* Whether a login is needed is asked beside the page's data, and not before. */}
          {isLocked ? <Login provider={session?.provider ?? ""} /> : <Pages />}
          <FetchAhead />
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation({ keep, pathname }: { keep: string; pathname: string }) {
  const bar = useRef<HTMLElement>(null);
  // On a phone the bar is wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another place in the bar
  useEffect(() => {
    bar.current
      ?.querySelector('[aria-current="page"]')
      ?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav className="nav" aria-label="Pages" ref={bar}>
      {pages
        .filter((page) => page.title && !page.isAside)
        .map((page) => {
          const active =
            page.path === "/"
              ? pathname === "/" || pathname.startsWith("/functions")
              : pathname.startsWith(page.path);
          return (
            <NavLink
              key={page.path}
              to={page.path + keep}
              className={active ? "active" : ""}
              aria-current={active ? "page" : undefined}
            >
              {page.title}
            </NavLink>
          );
        })}
    </nav>
  );
}

function Pages() {
  return (
    <>
      <LossNotice losses={useLosses().data} />
      <Suspense fallback={<Loading />}>
        <Routes>
          {pages.map((page) => (
            <Route key={page.path} path={page.path} element={<page.component />} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </>
  );
}

const QUIET_MS = 200;

/** The code of other pages comes when this one has all its data, so that no click waits for it. */
function FetchAhead() {
  const isBusy = useIsFetching() > 0;
  useEffect(() => {
    if (!isBusy) {
      const timer = setTimeout(fetchAhead, QUIET_MS);
      return () => clearTimeout(timer);
    }
  }, [isBusy]);
  return null;
}

function LogOut({ name }: { name: string }) {
  const queries = useQueryClient();
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={`Log out ${name}`}
      title={`Log out ${name}`}
      onClick={async () => {
        await logout();
        await queries.resetQueries();
      }}
    >
      <IconLogout size={18} />
    </ActionIcon>
  );
}
