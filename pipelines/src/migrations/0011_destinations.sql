-- Notifications name their destination. The servers encrypt its URL when they start.
update job_notifications set url = coalesce(
  (select min(id) from notification_destinations where notification_destinations.url = job_notifications.url), '');
delete from job_notifications where url = '';
-- the id of the principal that named the destination
alter table job_notifications add column named_by text;
