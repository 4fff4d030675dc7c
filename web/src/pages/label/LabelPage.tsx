export default function LabelPage({ projectId, taskId }: { projectId: number; taskId?: number }) {
  return <main>{`Label project ${projectId}${taskId === undefined ? "" : `, task ${taskId}`}`}</main>;
}
