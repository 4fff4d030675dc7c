// The address of the review screen, in front of the screen itself.
import { useParams } from "@tanstack/react-router";
import ReviewPage from "../review/ReviewPage";

export default function Review() {
  const { projectId, taskId } = useParams({ strict: false });
  return projectId === undefined ? null : <ReviewPage projectId={projectId} taskId={taskId} />;
}
