export default function ReviewPage({ projectId, taskId }: { projectId: number; taskId?: number }) {
  return <main>{`Review project ${projectId}${taskId === undefined ? "" : `, task ${taskId}`}`}</main>;
}
