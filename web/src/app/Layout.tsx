// The frame of the app's pages: a slim sidebar with what the person's role can use, and a header.
import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { api, take } from "../api/client";
import { icons } from "../ui/icons";
import { AnchorLink, NavigationLink } from "../ui/links";
import { useLiveUpdates } from "./events";
import { Palette } from "./Palette";
import { PLACES } from "./places";
import { atLeast } from "./roles";
import { useMe } from "./session";
import { signedOut } from "./signedIn";
import { useWorkspaces, WorkspaceProvider } from "./workspace";

export function Layout() {
  return (
    <WorkspaceProvider>
      <Shell />
    </WorkspaceProvider>
  );
}

function Shell() {
  const { workspace } = useWorkspaces();
  const [open, menu] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useLiveUpdates(workspace?.id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu of small screens.
  useEffect(() => menu.close(), [path]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 184, breakpoint: "sm", collapsed: { mobile: !open } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <AnchorLink to="/" underline="never" c="var(--mantine-color-text)" fw={650} size="md">
              labelwright
            </AnchorLink>
            <WorkspaceName />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Palette workspace={workspace} button />
            <ColourScheme />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={8} aria-label="Pages">
        {PLACES.filter((place) => place.to === "/" || atLeast(workspace?.role, place.least)).map((place) => (
          <NavigationLink
            key={place.to}
            to={place.to}
            label={place.label}
            leftSection={place.icon}
            active={
              place.to === "/" ? path === "/" || path.startsWith("/projects") : path.startsWith(place.to)
            }
            style={{ borderRadius: "var(--mantine-radius-sm)" }}
            variant="light"
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <div style={{ maxWidth: 1240, margin: "0 auto" }}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** Most people have one workspace: who has several loads what it takes to choose. */
const WorkspaceSelect = lazy(() => import("./WorkspaceSelect"));

function WorkspaceName() {
  const { workspace, all } = useWorkspaces();
  const name = (
    <Text size="sm" c="dimmed" truncate visibleFrom="xs">
      {workspace?.name}
    </Text>
  );
  if (all.length < 2) return name;
  return (
    <Suspense fallback={name}>
      <WorkspaceSelect />
    </Suspense>
  );
}

const SCHEMES = [
  { value: "light", label: "Light", icon: icons.light },
  { value: "dark", label: "Dark", icon: icons.dark },
  { value: "auto", label: "Like the system", icon: icons.system },
] as const;

function ColourScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const now = SCHEMES.find((scheme) => scheme.value === colorScheme) ?? SCHEMES[2];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Colours: ${now.label}`}>
          {now.icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme.value}
            leftSection={scheme.icon}
            fw={scheme.value === colorScheme ? 600 : undefined}
            onClick={() => setColorScheme(scheme.value)}
          >
            {scheme.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountMenu() {
  const me = useMe();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => take(api.POST("/api/v1/auth/sign-out")),
    onSettled: async () => {
      await navigate({ to: "/sign-in" });
      signedOut();
    },
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" c="var(--mantine-color-text)">
          {me.user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.user.email}</Menu.Label>
        <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>Account</Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
