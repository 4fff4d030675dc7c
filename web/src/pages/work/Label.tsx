// The address of the labeling screen, in front of the screen itself.
import { useParams } from "@tanstack/react-router";
import LabelPage from "../label/LabelPage";

export default function Label() {
  const { projectId, taskId } = useParams({ strict: false });
  return projectId === undefined ? null : <LabelPage projectId={projectId} taskId={taskId} />;
}
